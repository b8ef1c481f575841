package chatwoot_test

import (
	"fmt"
	"io"
	"strings"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func ExampleClient_SendMessage() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	for _, m := range []chatwoot.Message{
		{Content: "Your parcel is on its way."},
		{Content: "She asked twice.", Private: true},                  // a note: agents alone see it
		{Content: "Thanks!", Type: chatwoot.Incoming},                 // from the customer; API inboxes only
		{Content: "Bye", ContentAttributes: map[string]any{"n": "4"}}, // what you know it by when it comes back
	} {
		sent := some(c.SendMessage(ctx, 1, m))
		fmt.Println(sent.Type, sent.Private, sent.Content, sent.ContentAttributes)
	}
	// Output:
	// outgoing false Your parcel is on its way. map[]
	// outgoing true She asked twice. map[]
	// incoming false Thanks! map[]
	// outgoing false Bye map[n:4]
}

func ExampleWithoutLiquid() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	const words = "Write {{name}} there."
	fmt.Printf("%q\n", some(c.SendMessage(ctx, 1, chatwoot.Message{Content: words})).Content)
	fmt.Printf("%q\n", some(c.SendMessage(ctx, 1, chatwoot.Message{Content: chatwoot.WithoutLiquid(words)})).Content)
	// Output:
	// "Write  there."
	// "Write {\u200b{name}} there."
}

func ExampleClient_SendRich() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	m := some(c.SendRich(ctx, 1, chatwoot.Rich{
		Content: "Which colour? Write red or blue.", ContentType: chatwoot.InputSelect,
		Items: []chatwoot.Item{chatwoot.Choice{Title: "Red", Value: "red"}, chatwoot.Choice{Title: "Blue", Value: "blue"}},
	}))
	check(s.CustomerPicks(1, m.ID, "blue")) // the customer does this; the hook message_updated tells of it
	list := some(c.Messages(ctx, 1, 0))
	fmt.Println(m.ContentType, list[0].Submitted())
	// Output: input_select [{ Blue blue}]
}

func ExampleClient_SendFiles() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	m := some(c.SendFiles(ctx, 1, chatwoot.Message{Content: "The invoice"},
		chatwoot.File{Name: "invoice.txt", ContentType: "text/plain", Body: strings.NewReader("12.50")}))
	fmt.Println(m.Content, len(m.Attachments), m.Attachments[0].FileSize)
	// Output: The invoice 1 5
}

func ExampleClient_Download() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	some(s.CustomerSends(1, "Look", fake.File{Name: "a.txt", Body: []byte("broken")}))
	list := some(c.Messages(ctx, 1, 0))
	file := some(c.Download(ctx, list[0].Attachments[0].DataURL, 1<<20)) // at most 1 MiB
	defer file.Body.Close()
	fmt.Println(string(some(io.ReadAll(file.Body))))
	// Output: broken
}

func ExampleClient_Messages() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	for _, words := range []string{"Hello?", "Anybody there?"} {
		some(s.CustomerWrites(1, words))
	}
	last := some(c.Messages(ctx, 1, 0)) // the last 20
	for _, m := range last {
		fmt.Println(m.Sender.Name, m.Type, m.Content)
	}
	before := some(c.Messages(ctx, 1, last[0].ID)) // the 20 before them
	fmt.Println(len(before))
	// Output:
	// Lin incoming Hello?
	// Lin incoming Anybody there?
	// 0
}

func ExampleClient_MessagesAfter() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	seen := some(s.CustomerWrites(1, "one"))
	some(s.CustomerWrites(1, "two"))
	for _, m := range some(c.MessagesAfter(ctx, 1, seen)) { // at most 100; ask again after the last one
		fmt.Println(m.Content)
	}
	// Output: two
}

func ExampleClient_AllMessages() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	for i := range 50 {
		some(s.CustomerWrites(1, fmt.Sprint("message ", i)))
	}
	for m, err := range c.AllMessages(ctx, 1) { // from the newest back; the next page is asked for when it is needed
		check(err)
		if fmt.Println(m.Content); m.Content == "message 48" {
			break
		}
	}
	// Output:
	// message 49
	// message 48
}

func ExampleClient_SetDeliveryStatus() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	id := some(s.Say(1, fake.Agent, "We called you back.")) // an agent writes, and your program brings it to the customer, or not
	m := some(c.SetDeliveryStatus(ctx, 1, id, chatwoot.Failed, "the number is not in service"))
	fmt.Println(m.DeliveryStatus)
	// Output: failed
}

func ExampleClient_DeleteMessage() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	m := some(c.SendMessage(ctx, 1, chatwoot.Message{Content: "wrong window"}))
	check(c.DeleteMessage(ctx, 1, m.ID))
	list := some(c.Messages(ctx, 1, 0))
	fmt.Println(list[0].Deleted(), list[0].Content)
	// Output: true This message was deleted
}

func ExampleClient_SendOrderCard() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	order := chatwoot.Order{ID: "1001", Status: "shipped", Currency: "TWD", TotalAmount: "1280", URL: "https://shop.example.com/orders/1001",
		Items: []chatwoot.OrderItem{{Name: "Tea", Quantity: 2, Price: "640"}}}
	m := some(c.SendOrderCard(ctx, 1, order, "en"))
	fmt.Println(m.ContentType, strings.Split(m.Content, "\n")[0])
	// Output: cards 📦 **Order status: Shipped**
}

func ExampleClient_SendOrderForm() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	m := some(c.SendOrderForm(ctx, 1, chatwoot.Order{ID: "1001", Currency: "TWD", TotalAmount: "1280"}, "en", chatwoot.FieldOption{Label: "Return it", Value: "return"}))
	fmt.Println(m.ContentType)
	// Output: form
}

func ExampleRich_Check() {
	r := chatwoot.Rich{Content: "Choose", ContentType: chatwoot.Cards, Items: []chatwoot.Item{
		chatwoot.Card{Actions: []chatwoot.Action{{Type: chatwoot.Link, Text: "Look"}}},
	}}
	fmt.Println(r.Check())
	// Output: chatwoot: not sent: items[0].title is needed; items[0].actions[0].uri must be an http or https address
}
