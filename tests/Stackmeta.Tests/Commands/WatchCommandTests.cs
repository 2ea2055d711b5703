using System.Text;

namespace Stackmeta.Tests;

/// <summary><c>watch</c>: what another command shows, anew when it changes.</summary>
public sealed class WatchCommandTests : IDisposable
{
    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("watch", "Name what to watch: ")]
    [InlineData(
        "watch network create lab",
        "'stackmeta network create' does not only show something; watch is for list, "
    )]
    [InlineData("watch up", "'stackmeta up' does not only show something")]
    [InlineData("watch watch status", "'stackmeta watch' does not only show something")]
    [InlineData("watch server list", "has no command 'server'; it is 'instance' here.")]
    [InlineData("watch network list --zzz", "has no option '--zzz'")]
    [InlineData("watch network show", "Required argument 'NETWORK' missing")]
    [InlineData("watch -n 0 network list", "--interval is '0', and must be a number of seconds from 0.1 to 3600.")]
    [InlineData("watch -n x network list", "--interval is 'x'")]
    public async Task Only_what_shows_something_is_watched(string line, string said) =>
        Assert.Contains(said, await _line.RefusedAsync(ExitCodes.Usage, line.Split(' ')));

    [Fact]
    public async Task What_changes_is_shown_anew_and_what_goes_wrong_is_shown_too()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var output = new Shared();
        string[] line = ["--data", _line.Folder, "watch", "-n", "0.1", "network", "list", "-c", "name", "-o", "value"];
        var watching = StackmetaProgram.RunAsync(line, output, TextWriter.Null, stop.Token);
        await output.UntilAsync("There is no inventory in ", stop.Token);
        await _line.DoneAsync("network", "create", "one");
        await output.UntilAsync("\none\n", stop.Token);
        await _line.DoneAsync("network", "create", "two");
        await output.UntilAsync("\none\ntwo\n", stop.Token);
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Done, await watching);
        // Each state once.
        Assert.Equal(2, output.ToString().Split("one\n").Length - 1);
    }

    sealed class Shared : StringWriter
    {
        readonly Lock _lock = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(string? value)
        {
            lock (_lock)
            {
                base.Write(value);
            }
        }

        public override Task WriteAsync(string? value)
        {
            Write(value);
            return Task.CompletedTask;
        }

        public async Task UntilAsync(string text, CancellationToken cancellationToken)
        {
            var deadline = DateTime.UtcNow.AddSeconds(30);
            while (!Read().Contains(text, StringComparison.Ordinal))
            {
                Assert.True(DateTime.UtcNow < deadline, Read());
                await Task.Delay(20, cancellationToken);
            }
        }

        string Read()
        {
            lock (_lock)
            {
                return ToString();
            }
        }
    }
}
