// Package bot answers the customers whom nobody else has: it takes what they wrote from the switchboard, asks the knowledge base, and gives the
// answer back.
//
// It owns the order and the pace of that work and nothing else: the turns are rows in the database, and an answer is posted by the switchboard
// in the transaction that ends its turn, only if the conversation is still the bot's and still in the same epoch. So a program that is killed
// answers after its restart, once. It imports the rules, the store (for the lease), and the bus.
//
// Invariants: of a conversation one turn at a time is being answered; what cannot be answered after five attempts goes to a person; nobody's
// turn waits for another one that takes long, while less than eight do.
//
// One node answers at a time: that which has the lease. Its loop and the goroutines that it starts end with their context.
package bot
