package discord_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu/internal/fake/discord"
)

// BenchmarkCreateMessage measures the fake as the sink of other benchmarks:
// over HTTP, with eight clients in the same process.
func BenchmarkCreateMessage(b *testing.B) {
	s := discord.New(discord.Options{RequestRing: -1})
	if err := s.Start("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	tr := &http.Transport{MaxIdleConnsPerHost: 8}
	defer tr.CloseIdleConnections()
	client := &http.Client{Transport: tr, Timeout: 10 * time.Second}
	url := s.APIURL() + "/channels/" + s.Channels()[0].ID + "/messages"
	work := make(chan int)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range work {
				post(b, client, s.Token(), url, fmt.Sprintf(`{"content":"message %d","nonce":"n%d","enforce_nonce":true,"allowed_mentions":{"parse":[]}}`, i, i))
			}
		})
	}
	b.ResetTimer()
	for i := range b.N {
		work <- i
	}
	close(work)
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	if s.LedgerLen() != b.N {
		b.Errorf("%d messages arrived, want %d", s.LedgerLen(), b.N)
	}
}

func post(b *testing.B, client *http.Client, token, url, body string) {
	q, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	q.Header.Set("Authorization", "Bot "+token)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	res, err := client.Do(q)
	if err != nil {
		b.Error(err)
		return
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	if res.StatusCode != http.StatusOK {
		b.Errorf("status %d", res.StatusCode)
	}
}
