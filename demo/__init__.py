"""The product on one machine: embedded servers, demonstration data and the main job end to end."""
