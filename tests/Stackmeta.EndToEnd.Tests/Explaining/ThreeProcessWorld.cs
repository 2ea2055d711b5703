namespace Stackmeta.EndToEnd.Tests;

/// <summary>Edge, agent and API, each a process.</summary>
public sealed class ThreeProcessWorld : InventoryWorld
{
    readonly Dictionary<string, RunningProgram> _programs = [];

    internal override string Functions => "api() { stay \"$BINARY\" api --set api.listen=127.0.0.1:$APIPORT \"$@\"; }";

    internal override Dictionary<string, string?> Variables
    {
        get
        {
            var variables = new Dictionary<string, string?>(base.Variables) { ["APIPORT"] = $"{ApiPort}" };
            foreach (var (hop, program) in _programs)
            {
                variables[hop.ToUpperInvariant()] = $"{program.ProcessId}";
            }
            return variables;
        }
    }

    private protected override Task StartAsync() => RestoreAsync();

    internal override string Said => string.Join('\n', _programs.Values.Select(program => program.Said));

    internal override async Task RestoreAsync()
    {
        foreach (var hop in (string[])["api", "agent", "edge"])
        {
            if (_programs.TryGetValue(hop, out var program))
            {
                if (!program.HasEnded)
                {
                    continue;
                }
                await program.DisposeAsync();
            }
            _programs[hop] = await RunningProgram.StartCommandAsync(Folder, [hop, .. Options]);
        }
    }

    private protected override async Task StopAsync()
    {
        foreach (var hop in (string[])["edge", "agent", "api"])
        {
            await (_programs.GetValueOrDefault(hop)?.DisposeAsync() ?? default);
        }
    }
}
