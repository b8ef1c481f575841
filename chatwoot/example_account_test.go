package chatwoot_test

import (
	"fmt"
	"net/http"
	"time"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func ExampleNew() {
	// A client of your own bounds the time of a call, also where its context does not, and says through which proxy or transport it goes.
	c, err := chatwoot.New("https://chat.example.com/support", "token", 1,
		chatwoot.WithHTTPClient(&http.Client{Timeout: 20 * time.Second}), chatwoot.WithUserAgent("invoices/1.2"))
	fmt.Println(c != nil, err)
	_, err = chatwoot.New("chat.example.com", "token", 1)
	fmt.Println(err)
	// Output:
	// true <nil>
	// chatwoot: the server's address must look like "https://chat.example.com"
}

func ExampleClient_Contact() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	customer := some(c.Conversation(ctx, 1)).Meta.Sender
	lin := some(c.Contact(ctx, customer.ID))
	fmt.Println(lin.Name, lin.Identifier)
	// Output: Lin customer-7
}

func ExampleClient_SearchContacts() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	for contact, err := range c.SearchContacts(ctx, "customer-7") { // also by name, e-mail and phone
		check(err)
		fmt.Println(contact.Name)
	}
	// Output: Lin
}

func ExampleClient_CreateContact() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	chen := some(c.CreateContact(ctx, chatwoot.NewContact{InboxID: fake.APIInbox, Name: "Chen", Phone: "+886912345678", Identifier: "customer-8"}))
	fmt.Println(chen.Name, chen.Phone)
	// Output: Chen +886912345678
}

func ExampleClient_UpdateContact() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	customer := some(c.Conversation(ctx, 1)).Meta.Sender
	lin := some(c.UpdateContact(ctx, customer.ID, chatwoot.ContactChange{Email: new("lin@example.com"), CustomAttributes: chatwoot.Attributes{"tier": "gold"}}))
	fmt.Println(lin.Name, lin.Email, lin.CustomAttributes)
	// Output: Lin lin@example.com map[tier:gold]
}

func ExampleClient_ContactConversations() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	customer := some(c.Conversation(ctx, 1)).Meta.Sender
	for _, conv := range some(c.ContactConversations(ctx, customer.ID)) {
		fmt.Println(conv.ID, conv.Status)
	}
	// Output: 1 open
}

func ExampleClient_ContactInboxes() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	customer := some(c.Conversation(ctx, 1)).Meta.Sender
	for _, place := range some(c.ContactInboxes(ctx, customer.ID)) {
		fmt.Println(place.Inbox.Name)
	}
	// Output:
	// API
	// Website
}

func ExampleClient_CreateContactInbox() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	chen := some(c.CreateContact(ctx, chatwoot.NewContact{InboxID: fake.APIInbox, Name: "Chen"}))
	place := some(c.CreateContactInbox(ctx, chen.ID, fake.WebInbox, "web-8"))
	fmt.Println(place.SourceID)
	// Output: web-8
}

func ExampleClient_Profile() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	me := some(c.Profile(ctx)) // the first thing to ask when something does not work
	fmt.Println(me.Name, me.Accounts[0].ID, me.Accounts[0].Role)
	// Output: Mei 1 administrator
}

func ExampleClient_Server() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	fmt.Println(some(c.Server(ctx)).Version)
	// Output: 4.14.2
}

func ExampleClient_Agents() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	for _, a := range some(c.Agents(ctx)) {
		fmt.Println(a.ID, a.Name, a.Role)
	}
	// Output:
	// 11 Mei administrator
	// 12 Hao agent
}

func ExampleClient_Teams() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	fmt.Println(some(c.Teams(ctx))[0].Name)
	// Output: returns
}

func ExampleClient_Inboxes() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	for _, in := range some(c.Inboxes(ctx)) {
		fmt.Println(in.ID, in.Name, in.ChannelType)
	}
	// Output:
	// 1 API Channel::Api
	// 2 Website Channel::WebWidget
}

func ExampleClient_Inbox() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	fmt.Println(some(c.Inbox(ctx, 1)).ChannelType == chatwoot.ChannelAPI)
	// Output: true
}

func ExampleClient_AccountLabels() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	some(c.CreateLabel(ctx, chatwoot.Label{Title: "vip"}))
	fmt.Println(some(c.AccountLabels(ctx))[0].Title)
	// Output: vip
}

func ExampleClient_CreateLabel() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	label := some(c.CreateLabel(ctx, chatwoot.Label{Title: "refund", Color: "#ff8800", Sidebar: true}))
	fmt.Println(label.Title, label.Color)
	// Output: refund #ff8800
}

func ExampleClient_AttributeDefinitions() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	fmt.Println(len(some(c.AttributeDefinitions(ctx, chatwoot.ConversationAttribute))))
	// Output: 0
}

func ExampleClient_CreateAttributeDefinition() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	d := some(c.CreateAttributeDefinition(ctx, chatwoot.AttributeDefinition{Key: "order", Name: "Order", Kind: chatwoot.AttributeLink, Model: chatwoot.ConversationAttribute}))
	fmt.Println(d.Key, d.Kind, d.Model)
	// Output: order link conversation_attribute
}

func ExampleClient_DeleteAttributeDefinition() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	d := some(c.CreateAttributeDefinition(ctx, chatwoot.AttributeDefinition{Key: "order", Name: "Order", Model: chatwoot.ContactAttribute}))
	check(c.DeleteAttributeDefinition(ctx, d.ID))
	fmt.Println(len(some(c.AttributeDefinitions(ctx, chatwoot.ContactAttribute))))
	// Output: 0
}
