package main

import "fmt"

// partPairs is the part of the bench that measures every channel beside every desk.
const partPairs = "pairs"

// The media that customers and staff use.
const (
	onSite     = "site" // a shop's tickets: customers only
	onDiscord  = "discord"
	onChatwoot = "chatwoot"
	onTwilio   = "twilio" // texts of customers; Flex for staff
	onAPI      = "api"
)

// The two ways of a message.
const (
	wayIn  = "in"  // from the customer to staff
	wayOut = "out" // from staff to the customer
)

const (
	pairTalks  = 40 // open conversations, which are written to at once
	pairFlight = 4  // messages of one conversation that are on their way before its writer waits
	// hookWorkers is how many hooks Chatwoot and Twilio have on their way at once: Chatwoot's jobs, as it is installed.
	hookWorkers = 10
	// pairShare is how much of the reference's messages a pairing must carry, each way.
	pairShare = 0.5
	// pairAgain is the reference, measured once more after all others.
	pairAgain = "again"
)

// pairing is where the customer writes and where staff answer. Turn tells the two measurements of the reference apart.
type pairing struct {
	customer, desk, turn string
}

// reference is the pairing that the others are held against.
func reference() pairing { return pairing{onSite, onDiscord, ""} }

// pairings are all, the reference first and once more at the end: a machine that changes while it is measured shows in the two.
func pairings() []pairing {
	all := []pairing{reference()}
	for _, desk := range []string{onDiscord, onChatwoot, onTwilio, onAPI} {
		for _, customer := range []string{onSite, onDiscord, onChatwoot, onTwilio, onAPI} {
			if p := (pairing{customer, desk, ""}); p != reference() {
				all = append(all, p)
			}
		}
	}
	return append(all, pairing{onSite, onDiscord, pairAgain})
}

// String is the pairing's word in -points: "site-discord".
func (p pairing) String() string { return p.customer + "-" + p.desk }

// figure names something measured of the pairing.
func (p pairing) figure(what string) figure { return figure(fmt.Sprint("pair ", p, p.turn, " ", what)) }

// What is measured of a pairing, each way.
const (
	pairRate = "rate" // messages a second
	pairP50  = "p50"  // ms, under that load
	pairP99  = "p99"
	pairCost = "cost" // µs of Kefu's processor time for each message
)

// chosen are the pairings that -points asks for; the reference is always among them.
func (p plan) chosen() (list []pairing) {
	for _, one := range pairings() {
		if one.customer == onSite && one.desk == onDiscord || p.wants(one.String()) || p.wants(one.customer) || p.wants(one.desk) {
			list = append(list, one)
		}
	}
	return list
}
