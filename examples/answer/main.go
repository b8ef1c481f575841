package main

import (
	"context"
	"log"
	"os"

	"kefu/client"
)

func main() {
	ctx := context.Background()
	c, err := client.New("http://127.0.0.1:8000", client.WithKey(os.Getenv("API_KEY")))
	fatal(err)
	stream := c.Listen(ctx, client.StreamOptions{Events: []string{"message.received"}})
	for event, err := range stream.Events() {
		fatal(err)
		log.Println(event.Message.Sender.Name, event.Message.Content)
		_, err = stream.Send(ctx, client.Saying{To: event.ConversationID, Content: "您好，馬上為您處理。"})
		fatal(err)
	}
}

func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
