package knowledge

import "time"

// HoldReading has every question wait that needs something to be read, for so long, until release.
func (k *Knowledge) HoldReading(patience time.Duration) (release func()) {
	<-k.index.loading
	k.index.patience = patience
	return func() { k.index.loading <- struct{}{} }
}

// Held counts the articles that are held in memory.
func (k *Knowledge) Held() int { return len(k.index.at) }
