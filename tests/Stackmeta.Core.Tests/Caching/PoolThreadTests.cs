using Stackmeta.Core.Caching;

namespace Stackmeta.Core.Tests;

/// <summary>Threads that serve sockets are not blocked by what reads files.</summary>
public sealed class PoolThreadTests
{
    [Fact]
    public async Task A_question_to_the_source_leaves_the_thread_of_the_socket()
    {
        var source = new WhichThread();
        var cache = new AnswerCache<string, string>(source, new(), TimeProvider.System);
        Task<string>? asked = null;
        // As the threads of sockets are: none of the pool's.
        var socketThread = new Thread(() => asked = cache.GetAsync("a", default).AsTask());
        socketThread.Start();
        socketThread.Join();
        Assert.Equal("the pool's", await asked!);
    }

    [Fact]
    public async Task Within_the_pool_nothing_is_handed_over()
    {
        await Task.Run(async () =>
        {
            var before = Environment.CurrentManagedThreadId;
            await PoolThread.Enter();
            Assert.Equal(before, Environment.CurrentManagedThreadId);
        });
    }

    sealed class WhichThread : IAnswerSource<string, string>
    {
        public string Unavailable => "unavailable";

        public ValueTask<string> AskAsync(string key, CancellationToken cancellationToken) =>
            new(Thread.CurrentThread.IsThreadPoolThread ? "the pool's" : "the socket's");

        public AnswerKind KindOf(in string answer) => AnswerKind.Found;

        public long SizeOf(string key, in string answer) => 1;
    }
}
