using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge.Tests;

public sealed class ChildProcessTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly EventLoops _loops = new(1, "children", new(TimeProvider.System, NullLogger<Supervisor>.Instance));
    readonly ConcurrentQueue<string> _heard = new();

    public void Dispose() => _loops.Dispose();

    [Theory]
    [InlineData("echo one; echo two >&2; exit 3", 3, "one", "two")]
    [InlineData("printf 'no line end'", 0, "no line end")]
    [InlineData("printf 'one\\n\\n \\ntwo\\n'", 0, "one", "two")]
    [InlineData("printf par; sleep 0.1; echo ts", 0, "parts")]
    [InlineData("cat; echo $PWD", 0, "/")]
    [InlineData("kill -9 $$", 128 + 9)]
    public async Task What_it_said_and_how_it_ended_is_told(string script, int code, params string[] lines)
    {
        using var child = Start(script);
        Assert.Equal(code, await EndOf(child));
        Assert.Equal(lines, _heard);
    }

    /// <summary>OSSA-2012-003: log volume does not follow what somebody else sends.</summary>
    [Fact]
    public async Task OSSA_2012_003_a_long_line_is_cut()
    {
        using var child = Start("head -c 100000 /dev/zero | tr '\\0' x; echo; echo next");
        Assert.Equal(0, await EndOf(child));
        Assert.Equal([new('x', 512), "next"], _heard);
    }

    [Fact]
    public async Task Its_end_is_told_even_if_a_child_of_its_own_holds_its_output()
    {
        using var child = Start("sleep 60 & echo $!");
        Assert.Equal(0, await EndOf(child));
        _ = Libc.Kill(int.Parse(Assert.Single(_heard)), Libc.SigKill);
    }

    [Fact]
    public async Task What_it_says_is_told_while_it_runs_and_when_our_end_is_closed()
    {
        using var child = Start("echo one; exec sleep 60");
        await EdgeRig.EventuallyAsync(() => !_heard.IsEmpty, "the first line");
        child.HasBegun();
        _ = Libc.Kill(child.Id, Libc.SigTerm);
        Assert.Equal(128 + Libc.SigTerm, await EndOf(child));
    }

    /// <summary>Settings come by the environment, secrets among them, and a child runs as another user.</summary>
    [Fact]
    public async Task It_gets_nothing_of_our_environment_but_the_search_path()
    {
        const string Ours = "STACKMETA_SET_BY_A_TEST";
        Environment.SetEnvironmentVariable(Ours, "secret");
        using var child = Start("env");
        Assert.Equal(0, await EndOf(child));
        Assert.Contains($"PATH={Environment.GetEnvironmentVariable("PATH")}", _heard);
        Assert.DoesNotContain(_heard, line => line.StartsWith(Ours, StringComparison.Ordinal));
        Environment.SetEnvironmentVariable(Ours, null);
    }

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        var error = Assert.Throws<EdgeException>(() =>
            ChildProcess.Start(new("stackmeta-no-such-program"), _loops.First, _heard.Enqueue)
        );
        Assert.Equal("stackmeta-no-such-program is missing.", error.Message);
    }

    ChildProcess Start(string script) => ChildProcess.Start(new("/bin/sh", "-c", script), _loops.First, _heard.Enqueue);

    static Task<int> EndOf(ChildProcess child) =>
        child.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken);
}
