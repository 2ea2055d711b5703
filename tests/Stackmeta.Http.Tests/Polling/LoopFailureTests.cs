using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

/// <summary>The threads that wait for descriptors, and what they begin, fail once by something that they do not look for.</summary>
public sealed class LoopFailureTests
{
    [Theory]
    [InlineData("guests")]
    [InlineData("callers")]
    [InlineData("children")]
    public async Task A_thread_of_an_event_loop_is_started_again(string name)
    {
        using var seen = new SupervisedCase($"event loop ({name})");
        using var loops = new EventLoops(1, name, seen.Supervisor);
        using var pipe = new SocketPair();
        var polled = new Told();
        loops.First.Add(pipe.Socket.SafeHandle, PollEvents.Readable | PollEvents.OncePerChange, polled, out _);
        // That it fails is looked for; not, that who failed cannot be told so.
        polled.Happening.Arm();
        polled.Failing.Arm();
        pipe.Peer.Send("x"u8);
        await seen.SeeStartedAgainAsync();
        pipe.Peer.Send("x"u8);
        await SupervisedCase.UntilAsync(() => polled.Count > 0, "the thread tells again");
    }

    [Theory]
    [InlineData("guests")]
    [InlineData("callers")]
    [InlineData("children")]
    public async Task An_event_that_fails_is_said_and_the_thread_goes_on(string name)
    {
        using var seen = new SupervisedCase($"event of {name}");
        using var loops = new EventLoops(1, name, seen.Supervisor);
        using var pipe = new SocketPair();
        var polled = new Told();
        loops.First.Add(pipe.Socket.SafeHandle, PollEvents.Readable | PollEvents.OncePerChange, polled, out _);
        polled.Happening.Arm();
        pipe.Peer.Send("x"u8);
        await seen.SeeReportedAsync();
        pipe.Peer.Send("x"u8);
        await SupervisedCase.UntilAsync(() => polled.Count > 0, "the thread tells again");
    }

    sealed class Told : IPollable
    {
        int _count;

        public FailsOnce Happening { get; } = new();

        public FailsOnce Failing { get; } = new();

        public int Count => Volatile.Read(ref _count);

        public void OnReady(EventLoop loop, PollEvents events)
        {
            Happening.Pass();
            Interlocked.Increment(ref _count);
        }

        public void Failed() => Failing.Pass();
    }
}
