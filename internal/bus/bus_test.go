package bus_test

import (
	"testing"

	"kefu/internal/bus"
)

func TestSignalsAreKeptOnceAndNeverBlock(t *testing.T) {
	b := bus.New()
	wake, cancel := b.Subscribe(bus.Deliveries)
	other, cancelOther := b.Subscribe(bus.Events)
	defer cancelOther()
	for range 3 {
		b.Signal(bus.Deliveries)
	}
	<-wake
	select {
	case <-wake:
		t.Error("three signals before a look are one")
	case <-other:
		t.Error("a signal reached another topic")
	default:
	}
	cancel()
	b.Signal(bus.Deliveries)
	select {
	case <-wake:
		t.Error("a cancelled subscription was woken")
	default:
	}
}
