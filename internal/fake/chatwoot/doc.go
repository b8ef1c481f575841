// Package chatwoot is a Chatwoot to test against: a real HTTP server with one account that keeps contacts, conversations and messages,
// decides as Chatwoot decides, and sends hooks.
//
// Its rules are Chatwoot's own, as the source of 4.14.2 has them, traps included: labels and a conversation's custom attributes are replaced,
// a contact's are merged, an unknown assignee is answered null with 200, an agent has what that agent opens, the items of cards and forms
// are checked, messages come 20 a page and go 200 a minute, a word that a list does not have is a 500, a bot's token may do little, and a
// message type is a number in an answer and a word in a hook. Hooks are sent once, signed by servers since 4.12, and tell no more than
// Chatwoot's. Where it cannot be as strict as the server it is stricter: an empty message is refused here.
//
// What can go wrong is armed with Inject (requests) and InjectHook (hooks). What was asked is in Requests. POST /control/… does by
// hand what the methods do. It is for tests and the demo: it imports nothing of the house but the standard library.
//
// All methods may be called from any goroutine. Close ends all that runs.
package chatwoot
