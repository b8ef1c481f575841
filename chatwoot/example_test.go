package chatwoot_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kefu/chatwoot"
)

// server stands for yours.
func server() (address string, closeIt func()) {
	_, _, s, closeIt := sandbox()
	return s.URL(), closeIt
}

func Example() {
	const token, account = "user-token", 1 // the token is on your profile page, the account in the address bar
	address, closeIt := server()
	defer closeIt()
	ctx := context.Background()

	c, err := chatwoot.New(address, token, account)
	if err != nil {
		fmt.Println(err)
		return
	}
	me, err := c.Profile(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := c.SendMessage(ctx, 1, chatwoot.Message{Content: "hello"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(me.Name, "wrote", m.Content)
	// Output: Mei wrote hello
}

func ExampleClient_AddLabels() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	for _, label := range []string{"vip", "refund"} {
		labels, err := c.AddLabels(ctx, 1, label)
		fmt.Println(labels, err)
	}
	// Output:
	// [vip] <nil>
	// [vip refund] <nil>
}

func ExampleClient_Assign() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	_, err := c.Assign(ctx, 1, 999)
	var refused *chatwoot.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Status, refused.Code)
	}
	// Output: 200 unknown_assignee
}

func ExampleRich_Check() {
	r := chatwoot.Rich{Content: "Choose", ContentType: chatwoot.Cards, Items: []chatwoot.Item{
		chatwoot.Card{Actions: []chatwoot.Action{{Type: chatwoot.Link, Text: "Look"}}},
	}}
	fmt.Println(r.Check())
	// Output: chatwoot: not sent: items[0].title is needed; items[0].actions[0].uri must be an http or https address
}

func ExampleVerifySignature() {
	// In a handler: the headers HeaderTimestamp and HeaderSignature, and the body as it came.
	body, timestamp := []byte(`{"event":"message_created","id":7,"message_type":"incoming","content":"hi"}`), "1700000000"
	header := chatwoot.Sign("the webhook's secret", timestamp, body)

	now := time.Unix(1_700_000_060, 0)
	if err := chatwoot.VerifySignature("the webhook's secret", timestamp, body, header, now, 5*time.Minute); err != nil {
		fmt.Println(err)
		return
	}
	event, err := chatwoot.ParseEvent(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.Name, event.Message.Type, event.Message.Content)
	// Output: message_created incoming hi
}

func ExampleFormatOrderMarkdown() {
	fmt.Println(chatwoot.FormatOrderMarkdown(chatwoot.Order{ID: "1001", Status: "paid", Currency: "USD", TotalAmount: "12.50", ShippingFee: "2.50",
		Items: []chatwoot.OrderItem{{Name: "Tea", Quantity: 1, Price: "10.00"}}}, "en"))
	// Output:
	// 💰 **Order status: Paid**
	// 📝 **Order number:** `1001`
	//
	// **Items**
	// ▫️ Tea × 1 $10.00
	//
	// 💰 **Paid:** $12.50 (shipping included: $2.50)
}
