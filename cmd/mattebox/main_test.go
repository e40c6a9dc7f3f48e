package main

import "os"

// defaultHome is the home that the user of these tests has set up.
func defaultHome() string { return homeFolder(os.Getenv) }
