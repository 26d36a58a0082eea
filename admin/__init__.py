"""The web: back offices, pages, sign-in and the command line. Knows HTTP; decides nothing of the domain."""
