"""Official documents of the Party: what is printed, and printing it."""
