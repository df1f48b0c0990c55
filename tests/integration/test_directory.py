"""city.directory in a real folder: the conformance kit, switches, crashes, full disks."""
