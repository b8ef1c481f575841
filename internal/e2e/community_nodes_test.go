package e2e

import (
	"sync"
	"testing"
	"time"

	"kefu/internal/storetest"
)

// pairPlan is a village whose configuration fits several nodes on one database, which only PostgreSQL can be.
func pairPlan() plan {
	return plan{idle: true, config: settings{"secret_key": "0123456789abcdef0123456789abcdef"}}
}

// TestTwoNodesAnswerOnce has two nodes answer what members ask, and kills the one that listens.
func TestTwoNodesAnswerOnce(t *testing.T) {
	t.Parallel()
	v := newVillage(t, storetest.Postgres(t), pairPlan())
	first := v.spawn()
	v.moveIn()
	base, stop := v.second()
	v.until("the second node is ready", func() bool { return fetch(base+"/readyz").status == 200 })
	v.article("en", returnsTitle, returnsBody)
	v.answerThrough(func() {
		v.kill(first)
		v.stop, v.addr = stop, base[len("http://"):]
		v.site.SetHook(base)
	})
}

// TestTheOtherNodeIsKilledWhileItAnswers kills the one that does not listen.
func TestTheOtherNodeIsKilledWhileItAnswers(t *testing.T) {
	t.Parallel()
	v := newVillage(t, storetest.Postgres(t), pairPlan())
	v.start()
	v.moveIn()
	other := *v.rig
	other.addr = freeAddress(t)
	second := other.spawn()
	v.article("en", returnsTitle, returnsBody)
	v.answerThrough(func() { other.kill(second) })
}

// answerThrough has members ask before, while and after something happens.
func (v *village) answerThrough(happens func()) {
	v.t.Helper()
	if err := v.guild.WaitReady(v.ctx); err != nil {
		v.t.Fatal(err)
	}
	list := v.askers(4)
	var all sync.WaitGroup
	for _, a := range list {
		all.Go(func() { v.asksAll(a, 1, killQuestions, 100*time.Millisecond) })
	}
	pass(300 * time.Millisecond)
	happens()
	all.Wait()
	v.leavesTheBot(list, killQuestions)
	v.answeredOnce(list, killQuestions)
	v.lawful()
}
