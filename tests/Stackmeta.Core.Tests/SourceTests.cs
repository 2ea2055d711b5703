using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Core.Tests;

/// <summary>What the supervisor must own, and what must not decide anything, is found in the sources: nobody has to remember it.</summary>
public sealed partial class SourceTests
{
    /// <summary>Background work that is not the supervisor's, and why nothing of it can be lost.</summary>
    static readonly Dictionary<string, string> Unsupervised = new(StringComparer.Ordinal)
    {
        ["Stackmeta.Core/Supervision/Supervisor.cs"] = "it is the supervisor",
        ["Stackmeta.Http/Transport/SocketConnection.FastPath.cs"] = "each step catches all and logs it",
        ["Stackmeta.Http/Transport/ConnectionMultiplexer.cs"] = "catches all and logs it",
        ["Stackmeta.Core/Caching/AnswerCache.cs"] = "ends the flight whatever happens, and who waits is told",
        ["Stackmeta.Agent/Identification/WakingNetworks.cs"] = "catches all; who waits asks alone",
        ["Stackmeta.OpenStack/Neutron/NeutronPortDirectory.cs"] = "catches all; who waits is refused and asks again",
        ["Stackmeta.OpenStack/Neutron/RouterNetworks.cs"] = "who waits gets the failure, and it is not kept",
        ["Stackmeta.Edge/Reconciling/Reconciler.cs"] = "a loop of its own that never ends by a failure",
        ["Stackmeta.Edge/Native/NetworkNamespace.cs"] = "the caller waits for the thread and gets its failure",
        ["Stackmeta/Commands/Observing/TraceCommand.cs"] = "a command at a terminal, whose end is seen",
    };

    /// <summary>Where "it is not there" and "one could not look" may be the same, and why.</summary>
    static readonly string[] MayGuess =
    [
        // Commands at a terminal, or the start of the program: a wrong guess is an error message, and nothing is given up by it.
        "Stackmeta/Commands/",
        "Stackmeta/Settings/",
        "Stackmeta/Explain/",
        "Stackmeta/Composition/InventoryPlace.cs",
        "Stackmeta.ConfigDrive/",
        "Stackmeta.OpenStack/Configuration/",
        "Stackmeta.Inventory/Sqlite/SqliteFile.cs",
        "Stackmeta.Edge/Commands/Executables.cs",
        "Stackmeta.Edge/Supervision/PosixUser.cs",
        // A switch for health checks of load balancers, read again at the next one.
        "Stackmeta.Api/HealthCheck.cs",
        // Before a look for a socket that an earlier process left; if it fails, a new one is opened.
        "Stackmeta.Agent/AgentServer.cs",
        // Then it is connected to, which tells.
        "Stackmeta.Http/Sockets/UnixSocketFile.cs",
    ];

    [GeneratedRegex(
        @"_ = \w[\w.]*Async\(|Task\.Run\(|new Thread\(|QueueUserWorkItem\(.*Async|async void|\.ContinueWith\(|StartNew\(",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Background();

    [GeneratedRegex(
        @"(?<![\w.])(File|Directory|Path|System\.IO\.Path)\.Exists\b",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Guess();

    static string Sources { get; } = Path.Combine(Repository.Root, "src");

    static IEnumerable<(string File, string Line)> Lines() =>
        Directory
            .EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .SelectMany(path =>
                File.ReadLines(path)
                    .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                    .Select(line => (Path.GetRelativePath(Sources, path), line))
            );

    [Fact]
    public void Background_work_is_the_supervisors()
    {
        var found = Lines().Where(one => Background().IsMatch(one.Line)).ToList();
        Assert.DoesNotContain(found, one => !Unsupervised.ContainsKey(one.File));
        // A reason that is no longer needed goes.
        Assert.All(Unsupervised.Keys, file => Assert.Contains(found, one => one.File == file));
    }

    [Fact]
    public void What_decides_something_tells_absent_from_unknown() =>
        Assert.DoesNotContain(
            Lines().Where(one => Guess().IsMatch(one.Line)),
            one => !MayGuess.Any(place => one.File.StartsWith(place, StringComparison.Ordinal))
        );

    /// <summary>A name that a shell would take apart is an accident, and so is a file of nothing.</summary>
    [Fact]
    public void Each_file_has_a_plain_name_and_something_in_it()
    {
        foreach (var folder in (string[])["src", "tests", "bench", "docs", "deploy", "eng"])
        {
            foreach (
                var path in Directory.EnumerateFiles(
                    Path.Combine(Repository.Root, folder),
                    "*",
                    SearchOption.AllDirectories
                )
            )
            {
                var name = Path.GetRelativePath(Repository.Root, path);
                Assert.True(!name.AsSpan().ContainsAnyExcept(PlainNames), $"{name} needs quoting");
                Assert.True(
                    !name.EndsWith(".cs", StringComparison.Ordinal) || new FileInfo(path).Length > 0,
                    $"{name} is empty"
                );
            }
        }
    }

    static readonly System.Buffers.SearchValues<char> PlainNames = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+@=,-"
    );
}
