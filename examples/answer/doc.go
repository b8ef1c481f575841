// Answer is a program that receives what customers write and answers it: the ten lines of the README, whole.
//
//	API_KEY=$(kefu apikey create --name answer --scopes messages:read,messages:write,events:read) go run ./examples/answer
package main
