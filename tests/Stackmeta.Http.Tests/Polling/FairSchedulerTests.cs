using CsCheck;

namespace Stackmeta.Http.Tests;

public sealed class FairSchedulerTests
{
    [Fact]
    public void An_owner_with_many_waits_longer_than_one_with_few()
    {
        var turns = new FairScheduler();
        var (greedy, modest) = (new object(), new object());
        Add(turns, greedy, 5);
        Add(turns, modest, 1);
        Assert.Equal([greedy, modest, greedy, greedy, greedy, greedy], TakeAll(turns));
    }

    [Fact]
    public void Who_comes_new_is_next_even_if_another_has_many_more_and_asks_again_at_once()
    {
        var turns = new FairScheduler();
        var (greedy, modest) = (new object(), new object());
        Add(turns, greedy, 3);
        Assert.Same(greedy, turns.Take(out _)!.Owner);
        Add(turns, greedy, 1);
        Add(turns, modest, 1);
        Assert.Same(modest, turns.Take(out _)!.Owner);
        Assert.Same(greedy, turns.Take(out _)!.Owner);
    }

    [Fact]
    public void Who_waits_already_is_told_of_everything_with_one_turn()
    {
        var turns = new FairScheduler();
        var taker = new Taker(new());
        turns.Add(taker, PollEvents.Readable);
        turns.Add(taker, PollEvents.PeerEnded);
        Assert.Same(taker, turns.Take(out var events));
        Assert.Equal(PollEvents.Readable | PollEvents.PeerEnded, events);
        Assert.Null(turns.Take(out _));
        Assert.True(turns.IsEmpty);
    }

    /// <summary>Whatever comes when: each is served once for each time it came, those of one owner in their order.</summary>
    [Fact]
    public void Nobody_is_lost_and_nobody_waits_for_more_than_one_turn_of_each_other_owner() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3])
            .Array[1, 60]
            .Sample(steps =>
            {
                var turns = new FairScheduler();
                var owners = Enumerable.Range(0, 5).Select(_ => new object()).ToArray();
                var waiting = owners.ToDictionary(owner => owner, _ => new Queue<Taker>());
                // For each owner in the circle: turns of others since its own last, or since it came.
                var passed = owners.ToDictionary(owner => owner, _ => 0);
                void Take()
                {
                    var taker = (Taker?)turns.Take(out _);
                    Assert.Equal(waiting.Values.Any(line => line.Count > 0), taker is not null);
                    if (taker is null)
                    {
                        return;
                    }
                    Assert.Same(waiting[taker.Owner].Dequeue(), taker);
                    passed[taker.Owner] = 0;
                    foreach (var owner in owners.Where(owner => owner != taker.Owner && waiting[owner].Count > 0))
                    {
                        Assert.InRange(++passed[owner], 1, owners.Length);
                    }
                }
                foreach (var (owner, taken) in steps)
                {
                    var taker = new Taker(owners[owner]);
                    if (waiting[taker.Owner].Count == 0)
                    {
                        passed[taker.Owner] = 0;
                    }
                    waiting[taker.Owner].Enqueue(taker);
                    turns.Add(taker, PollEvents.Readable);
                    for (var i = 0; i < taken; i++)
                    {
                        Take();
                    }
                }
                while (!turns.IsEmpty)
                {
                    Take();
                }
                Assert.All(waiting.Values, Assert.Empty);
            });

    static void Add(FairScheduler turns, object owner, int count)
    {
        for (var i = 0; i < count; i++)
        {
            turns.Add(new Taker(owner), PollEvents.Readable);
        }
    }

    static List<object> TakeAll(FairScheduler turns)
    {
        var owners = new List<object>();
        while (turns.Take(out _) is { } taker)
        {
            owners.Add(taker.Owner);
        }
        return owners;
    }

    sealed class Taker(object owner) : IWorkItem
    {
        public object Owner => owner;

        public PollEvents? PendingEvents { get; set; }

        public void OnReady(EventLoop loop, PollEvents events) { }

        public void Failed() { }
    }
}
