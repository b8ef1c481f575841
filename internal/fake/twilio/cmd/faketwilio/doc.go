// Command faketwilio runs the fake Twilio for people: the calls that Kefu makes, signed webhooks, and control calls to speak as an agent
// or as a customer.
package main
