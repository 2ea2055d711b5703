using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace Stackmeta.Tests;

/// <summary>Command lines on an inventory in a folder of its own, run in this process.</summary>
sealed class InventoryCommandLine : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("stackmeta-commands-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes a file beside the inventory and returns its path.</summary>
    public string File(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    public string File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    /// <summary>Runs the whole program.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        string[] line = ["--data", Folder, .. arguments];
        var code = await StackmetaProgram.RunAsync(line, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must be done, and returns what it prints.</summary>
    public async Task<string> DoneAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal((0, ""), (code, error));
        return output;
    }

    /// <summary>Runs a command that must be refused, and returns what it says.</summary>
    public async Task<string> RefusedAsync(int code, params string[] arguments)
    {
        var (ended, output, error) = await RunAsync(arguments);
        Assert.Equal((code, ""), (ended, output));
        return error;
    }

    public async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        using var json = JsonDocument.Parse(
            await DoneAsync([.. Before(arguments), "--output", "json", .. After(arguments)])
        );
        return json.RootElement.Clone();
    }

    /// <summary>The words before <c>--</c>: behind it nothing is an option.</summary>
    static IEnumerable<string> Before(string[] arguments) => arguments.TakeWhile(static word => word != "--");

    static IEnumerable<string> After(string[] arguments) => arguments.SkipWhile(static word => word != "--");

    /// <summary>Runs an inventory's command with bytes on standard input, and returns those on standard output.</summary>
    public async Task<byte[]> PipedAsync(byte[] input, params string[] arguments)
    {
        var output = new MemoryStream();
        var common = new CommonOptions();
        var usual = InventoryAccess.Of(common);
        var root = new RootCommand();
        common.AddTo(root);
        var access = usual with { OpenInput = () => new MemoryStream(input), OpenOutput = () => output };
        foreach (var command in InventoryCommands.Create(access))
        {
            root.Subcommands.Add(command);
        }
        var configuration = new InvocationConfiguration
        {
            Output = new StringWriter(),
            EnableDefaultExceptionHandler = false,
        };
        var parsed = root.Parse([.. arguments, "--data", Folder]);
        Assert.Equal(0, await parsed.InvokeAsync(configuration, TestContext.Current.CancellationToken));
        return output.ToArray();
    }
}
