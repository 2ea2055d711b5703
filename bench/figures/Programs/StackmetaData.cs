namespace Stackmeta.Bench.Figures;

/// <summary>The published program and data folders for it.</summary>
sealed class StackmetaData : IDisposable
{
    const string ReadyLine = "Ready.";

    /// <summary>Named by bench/run, which publishes it.</summary>
    public static string Program { get; } =
        Environment.GetEnvironmentVariable("BENCH_PROGRAM")
        ?? throw new InvalidOperationException("BENCH_PROGRAM names no program: start benches by bench/run.");

    readonly string _program;

    /// <summary>A new folder that holds an inventory of these guests.</summary>
    /// <param name="guests">All of them.</param>
    /// <param name="networks">Their networks.</param>
    /// <param name="program">Another build than <see cref="Program"/>; null for that one.</param>
    public StackmetaData(IReadOnlyList<BenchGuest> guests, NetworkRange networks, string? program = null)
    {
        _program = program ?? Program;
        var folder = Directory.CreateTempSubdirectory("stackmeta-bench-");
        // The proxies' users pass through it to the agent's socket.
        folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        Folder = folder.FullName;
        var document = Path.Combine(Folder, "inventory.json");
        InventoryDocument.Write(document, guests, networks);
        Shell.Run(_program, ["import", document, "--data", Folder]);
        File.Delete(document);
    }

    public string Folder { get; }

    public string AgentSocket => Path.Combine(Folder, "metadata_proxy");

    /// <summary>Runs hops on this data and returns when they answer.</summary>
    public RunningProgram Start(string command, params string[] settings) =>
        Start(command, waitsForReady: true, settings);

    /// <summary>Runs hops on this data and returns at once, or when they answer.</summary>
    public RunningProgram Start(string command, bool waitsForReady, IReadOnlyList<string> settings) =>
        RunningProgram.Start(
            _program,
            [command, "--data", Folder, .. settings.SelectMany(setting => (string[])["--set", setting])],
            waitsForReady ? ReadyLine : null
        );

    /// <summary>The header lines by which an agent proves for whom it asks.</summary>
    public string HeadersOf(BenchGuest guest)
    {
        var signature = Shell.Run(_program, ["sign", guest.InstanceId, "--data", Folder]).Trim();
        return $"X-Instance-ID: {guest.InstanceId}\r\nX-Tenant-ID: bench\r\nX-Instance-ID-Signature: {signature}";
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
