"""What is known of people: ID numbers, names, titles, education, and how a roster names them. Pure."""
