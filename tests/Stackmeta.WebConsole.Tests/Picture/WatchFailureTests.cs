using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Tests.Support;

namespace Stackmeta.WebConsole.Tests;

/// <summary>Both loops behind the page fail once by something that they do not look for; pictures go on.</summary>
public sealed class WatchFailureTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A picture that cannot be drawn is said; here, it cannot even be said.</summary>
    [Fact]
    public async Task The_picture_is_drawn_on()
    {
        using var seen = new SupervisedCase("console's picture");
        var clock = new FailingClock();
        using var log = new FailingLogger<PathWatch>();
        // Without a process nobody but the picture asks for the time.
        var path = new ScriptedPath { IsRunning = false };
        clock.Times.Arm();
        log.Lines.Arm();
        await SeePicturesAsync(seen, path, path, clock, log);
    }

    [Fact]
    public async Task The_processes_are_followed_on()
    {
        using var seen = new SupervisedCase("console's processes");
        var path = new ScriptedPath();
        var failing = new FailingPath(path);
        failing.Looks.Arm();
        await SeePicturesAsync(seen, path, failing, TimeProvider.System, NullLogger.Instance);
    }

    static async Task SeePicturesAsync(
        SupervisedCase seen,
        ScriptedPath script,
        IConsolePath path,
        TimeProvider time,
        ILogger log
    )
    {
        await using var watch = new PathWatch(path, seen.Supervisor, time, log);
        await using var pictures = watch.PicturesAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        var next = pictures.MoveNextAsync().AsTask();
        await seen.SeeStartedAgainAsync();
        Assert.True(await next.WaitAsync(Cancellation));
        Assert.True(await pictures.MoveNextAsync());
        script.IsRunning = true;
        await SupervisedCase.UntilAsync(() => script.Followers == 1, "the process is followed");
    }

    /// <summary>The file system fails while processes are looked for.</summary>
    sealed class FailingPath(ScriptedPath path) : IConsolePath
    {
        public FailsOnce Looks { get; } = new();

        public Task<IReadOnlyList<IAdminSocket>> FindAsync(CancellationToken cancellationToken)
        {
            try
            {
                Looks.Pass();
            }
            catch (InvalidOperationException e)
            {
                throw new IOException(e.Message, e);
            }
            return path.FindAsync(cancellationToken);
        }

        public Task<string> ExplainAsync(GuestName guest, CancellationToken cancellationToken) =>
            path.ExplainAsync(guest, cancellationToken);

        public Task<GuestDocument> ReadAsync(GuestName guest, string target, CancellationToken cancellationToken) =>
            path.ReadAsync(guest, target, cancellationToken);
    }
}
