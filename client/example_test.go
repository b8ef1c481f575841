package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"kefu/client"
)

// A program that receives messages of customers and answers them. It comes back after every cut, and misses nothing.
func Example() {
	kefu, ctx := startKefu(), context.Background()

	c, err := client.New(kefu.URL, client.WithKey("kefu_…"))
	if err != nil {
		log.Fatal(err)
	}
	stream := c.Listen(ctx, client.StreamOptions{Events: []string{"message.received"}})
	for event, err := range stream.Events() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", event.Message.Sender.Name, event.Message.Content)
		receipt, err := stream.Send(ctx, client.Saying{To: event.ConversationID, Content: "您好，馬上為您處理。"})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("answered as message", receipt.Seq)
		break // a real one goes on
	}
	stream.Close()
	kefu.Close()
	// Output:
	// 王小明: 有人在嗎？
	// answered as message 2
}

// Lists are read page by page, while they are walked.
func ExampleConversations_List() {
	kefu, ctx := startKefu(), context.Background()

	c, err := client.New(kefu.URL, client.WithKey("kefu_…"))
	if err != nil {
		log.Fatal(err)
	}
	for conv, err := range c.Conversations.List(ctx, client.ConversationFilter{Status: "open"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(conv.ID, conv.Subject)
	}
	kefu.Close()
	// Output:
	// cnv_1 退貨
	// cnv_2 運費
	// cnv_3 發票
}

// A conversation for a customer of one's own program.
func ExampleConversations_Create() {
	kefu, ctx := startKefu(), context.Background()

	c, err := client.New(kefu.URL, client.WithKey("kefu_…"))
	if err != nil {
		log.Fatal(err)
	}
	conv, err := c.Conversations.Create(ctx, client.NewConversation{
		Contact: &client.NewPerson{Name: "王小明", ExternalID: "C-1001"},
		Subject: "退貨",
		Content: "請問怎麼退貨？",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("#%d is %s\n", conv.Ticket.Number, conv.Status)
	kefu.Close()
	// Output: #4 is open
}

// Errors hold the server's words, and every fault with its field.
func ExampleIsConflict() {
	kefu, ctx := startKefu(), context.Background()

	c, err := client.New(kefu.URL, client.WithToken("eyJ…"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Conversations.Claim(ctx, "cnv_1", "")
	var e *client.Error
	if client.IsConflict(err) && errors.As(err, &e) {
		fmt.Println(e.Detail, e.Faults)
	}
	kefu.Close()
	// Output: Amy has it [{assignee_id agt_1}]
}

// The articles that answer a question, the best first.
func ExampleArticles_Search() {
	kefu, ctx := startKefu(), context.Background()

	c, err := client.New(kefu.URL, client.WithKey("kefu_…"))
	if err != nil {
		log.Fatal(err)
	}
	for hit, err := range c.Articles.Search(ctx, client.ArticleQuery{Text: "请问怎么退货？", Locale: "zh-TW", Limit: 3}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.0f%% %s: %s\n", hit.Score*100, hit.Title, hit.Excerpt)
	}
	kefu.Close()
	// Output:
	// 92% 如何退貨: 七天內可以退貨
	// 41% 退貨運費: 退貨的運費由本店負擔
}

// A case of an outside system becomes a ticket, once, and its status is passed on as it changes there.
func ExampleTickets_SyncStatus() {
	kefu, ctx := startKefu(), context.Background()

	c, err := client.New(kefu.URL, client.WithKey("kefu_…"))
	if err != nil {
		log.Fatal(err)
	}
	ticket, err := c.Tickets.Create(ctx, client.NewTicket{
		TicketID:    "T-1001", // sent again, the same ticket comes back, and Existing is true
		Title:       "Wrong size",
		Description: "The blue one is too small.",
		Contact:     &client.NewPerson{Name: "王小明", ExternalID: "C-1001"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("#%d is %s\n", ticket.Number, ticket.Status)

	synced, err := c.Tickets.SyncStatus(ctx, "T-1001", client.TicketSync{Status: "processing", Handler: "warehouse", UpdateTime: time.Now()})
	if err != nil {
		log.Fatal(err)
	}
	if synced.Applied {
		fmt.Printf("#%d is %s, and the %s has it\n", synced.Ticket.Number, synced.Ticket.Status, synced.Ticket.Handler)
	}
	kefu.Close()
	// Output:
	// #17 is pending
	// #17 is processing, and the warehouse has it
}

// A change that must not overwrite somebody else's is bound to what was read.
func ExampleIfMatch() {
	kefu, ctx := startKefu(), context.Background()

	c, err := client.New(kefu.URL, client.WithKey("kefu_…"))
	if err != nil {
		log.Fatal(err)
	}
	conv, err := c.Conversations.Get(ctx, "cnv_1")
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Conversations.Update(ctx, conv.ID, client.ConversationChange{Priority: client.Set("urgent"), TeamID: client.Null[string]()}, client.IfMatch(conv.ETag))
	fmt.Println("somebody was faster:", client.IsChanged(err))
	kefu.Close()
	// Output: somebody was faster: true
}
