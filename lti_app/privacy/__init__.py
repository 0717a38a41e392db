"""The rights of the people whose data this is: to see it, to have it erased, not to be kept."""
