// Command fakewordpress runs the fake site for people: a page to write as a customer, and the REST routes that Kefu calls.
package main
