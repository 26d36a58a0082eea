"""What the product owes people: notices, and jobs to be done."""
