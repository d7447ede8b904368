"""What certificate officers and operators do in the back office, a room a matter."""
