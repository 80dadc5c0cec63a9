"""The machine that the program runs on: what stands in the way of readers, sticks, terminals."""
