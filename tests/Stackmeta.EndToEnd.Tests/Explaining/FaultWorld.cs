namespace Stackmeta.EndToEnd.Tests;

/// <summary>Something that serves a guest, in which one fault after the other is made: healthy before, named after.</summary>
public abstract class FaultWorld : IAsyncLifetime
{
    /// <summary>What the scripts of all worlds call.</summary>
    const string CommonFunctions = """
        set -e
        stackmeta() { "$BINARY" "$@" --data "$DATA" >/dev/null; }
        # stay COMMAND: runs it until 'ended', and returns when it has printed a line.
        stay() {
            rm -f "$DATA/line"; mkfifo "$DATA/line"
            "$@" >"$DATA/line" 2>/dev/null </dev/null & echo $! >>"$DATA/staying"
            read -r _ <"$DATA/line"; rm "$DATA/line"
        }
        serve() { stay python3 "$RIG/$1" "${@:2}"; }
        # serve_in NAMESPACE ARGUMENTS-OF-PYTHON: returns when it has port 80.
        serve_in() {
            ip netns exec "$1" python3 "${@:2}" >/dev/null 2>&1 </dev/null & echo $! >>"$DATA/staying"
            for _ in $(seq 200); do ip netns exec "$1" ss -Hltn 'sport = :80' | grep -q . && return; sleep 0.05; done
            return 1
        }
        gone() { for _ in $(seq 200); do kill -0 "$1" 2>/dev/null || return 0; sleep 0.05; done; return 1; }
        ended() {
            [ -e "$DATA/staying" ] || return 0
            for process in $(cat "$DATA/staying"); do kill -9 "$process" 2>/dev/null || true; done
            rm "$DATA/staying"; sleep 0.2
        }
        """;

    /// <summary>The data folder of what runs.</summary>
    internal abstract string Folder { get; }

    /// <summary>Options of the program beside the data folder.</summary>
    internal abstract string[] Options { get; }

    /// <summary>Exit code where all is well: 4 where some links are other people's and cannot be seen.</summary>
    internal virtual int HealthyCode => ExitCodes.Done;

    /// <summary>What is explained.</summary>
    internal abstract string Asked { get; }

    /// <summary>Its network.</summary>
    internal abstract string Network { get; }

    /// <summary>Functions of this world's scripts.</summary>
    internal virtual string Functions => "";

    /// <summary>What the scripts are told.</summary>
    internal abstract Dictionary<string, string?> Variables { get; }

    /// <summary>The same code as the program's, in this process.</summary>
    internal abstract Task<Explanation> ExplainHereAsync();

    /// <summary>A network and a guest, if there are none; and nothing is still being put right that was healed or made before.</summary>
    internal abstract Task EnsureGuestAsync();

    /// <summary>Takes away network and guest.</summary>
    internal abstract Task RemoveGuestAsync();

    /// <summary>What everything that runs here has printed.</summary>
    internal abstract string Said { get; }

    /// <summary>Starts again what was killed.</summary>
    internal virtual Task RestoreAsync() => Task.CompletedTask;

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Makes a fault, sees it named, takes it back.</summary>
    internal async Task ProveAsync(Fault fault)
    {
        try
        {
            await EnsureGuestAsync();
            await IsHealthyAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"It is not healthy; it said:\n{Said}", e);
        }
        try
        {
            await RunAsync(fault.Script);
            await IsNamedAsync(fault);
        }
        finally
        {
            if (fault.Heal is { } cure)
            {
                await RunAsync(cure);
                await RestoreAsync();
            }
            else
            {
                await RunAsync("ended");
                await RemoveGuestAsync();
            }
        }
    }

    /// <summary>The program itself, as an operator sees it.</summary>
    internal Task<Shell.Result> ExplainAsync(string asked, string patience) =>
        Shell.TryAsync(
            Checkout.Program,
            ["explain", asked, "--network", Network, "--patience", patience, "--data", Folder, .. Options]
        );

    /// <summary>The control before each fault: nothing is called broken that is not.</summary>
    async Task IsHealthyAsync()
    {
        for (var tries = 0; ; tries++)
        {
            var explanation = await ExplainHereAsync();
            if (explanation.ExitCode == HealthyCode)
            {
                return;
            }
            // What was healed or made a moment ago may take a moment.
            Assert.True(tries < 150, ExplanationJson.Of(explanation));
            await Task.Delay(100);
        }
    }

    async Task IsNamedAsync(Fault fault)
    {
        var explained = await ExplainAsync(fault.Asked ?? Asked, fault.Patience);
        Assert.True(explained.Code == ExitCodes.Broken, explained.Output + explained.Error);
        var lines = explained.Output.TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, 1, ExplanationText.Lines);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, ExplanationText.Columns));
        var description = FindingDescription.Of(fault.Finding);
        Assert.True(
            lines.Any(line =>
                line.StartsWith($"  BROKEN  {ExplanationText.NameOf(description.Link)} ", StringComparison.Ordinal)
            )
                // The sentences are wrapped.
                && string.Join(' ', lines).Contains($"{description.Meaning} Next: {description.Next}"),
            $"not {FindingDescription.NameOf(fault.Finding)}:\n{explained.Output}"
        );
    }

    async Task RunAsync(string script)
    {
        var variables = Variables;
        variables["DATA"] = Folder;
        variables["BINARY"] = Checkout.Program;
        variables["RIG"] = Path.Combine(AppContext.BaseDirectory, "Rig");
        var result = await Shell.TryAsync(
            "bash",
            ["-c", $"{CommonFunctions}\n{Functions}\n{script}"],
            environment: variables
        );
        Assert.True(result.Code == 0, $"{script}: {result.Error}");
    }

    /// <summary>Settings as the program reads them from its command line.</summary>
    internal SettingValues Settings =>
        SettingsReader.Read(
            file: null,
            new System.Collections.Hashtable(),
            [
                $"data={Folder}",
                .. Options.Zip(Options.Skip(1)).Where(pair => pair.First == "--set").Select(pair => pair.Second),
            ]
        );
}
