package chatwoot_test

import (
	"errors"
	"fmt"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func ExampleOrderCard() {
	card := chatwoot.OrderCard(chatwoot.Order{ID: "1001", Status: "paid", Currency: "TWD", TotalAmount: "1280", URL: "https://shop.example.com/orders/1001"}, "zh-TW")
	fmt.Printf("%+v\n", card.Items[0])
	// Output: {Title:訂單 #1001 已付款 Description:實付 NT$1280 MediaURL: Actions:[{Type:link Text:查看訂單詳情 URI:https://shop.example.com/orders/1001 Payload:}]}
}

func ExampleOrderForm() {
	form := chatwoot.OrderForm(chatwoot.Order{ID: "1001", Status: "paid", Currency: "TWD", TotalAmount: "1280"}, "en", chatwoot.FieldOption{Label: "Return it", Value: "return"})
	for _, item := range form.Items {
		if f, ok := item.(chatwoot.Field); ok {
			fmt.Println(f.Name, f.Type, f.Default)
		}
	}
	// Output:
	// order_id text 1001
	// status text Paid
	// total_amount text NT$1280
	// action_select select
}

func ExampleActionButtons() {
	buttons := chatwoot.ActionButtons("en", chatwoot.Action{Type: chatwoot.Link, Text: "Track it", URI: "https://carrier.example.com/7"})
	fmt.Println(buttons.ContentType, buttons.Check())
	// Output: cards <nil>
}

func ExampleError() {
	ctx, c, s, closeIt := sandbox()
	defer closeIt()
	s.Inject(fake.Fault{Kind: fake.FaultLimit, RetryAfter: 30_000_000_000, Count: 1})
	_, err := c.Conversation(ctx, 1)
	var refused *chatwoot.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Status, refused.Code, refused.Temporary(), refused.RetryAfter)
	}
	// Output: 429 rate_limited true 30s
}

func ExampleIsNotFound() {
	ctx, c, _, closeIt := sandbox()
	defer closeIt()
	_, err := c.Conversation(ctx, 404)
	fmt.Println(chatwoot.IsNotFound(err), chatwoot.IsUnauthorized(err), chatwoot.IsRateLimited(err))
	// Output: true false false
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
