using System.Diagnostics;
using System.Text;

namespace Stackmeta.Tests.Support.Rig;

/// <summary>Runs programs to their end.</summary>
static class Shell
{
    /// <summary>Longer than anything here takes on a busy machine; a program that hangs fails its test instead of the suite.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public sealed record Result(int Code, byte[] Bytes, string Error)
    {
        public string Output => Encoding.UTF8.GetString(Bytes);
    }

    /// <summary>Runs a program and returns what it printed, whatever it ended with.</summary>
    public static async Task<Result> TryAsync(
        string program,
        IEnumerable<string> arguments,
        byte[]? input = null,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            var output = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            if (input is not null)
            {
                await process.StandardInput.BaseStream.WriteAsync(input, timeout.Token);
            }
            process.StandardInput.Close();
            await Task.WhenAll(reading, error, process.WaitForExitAsync(timeout.Token));
            return new(process.ExitCode, output.ToArray(), await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a program that must end well and returns what it printed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var result = await TryAsync(program, arguments);
        Assert.True(result.Code == 0, $"{program} {string.Join(' ', arguments)}: {result.Error}{result.Output}");
        return result.Output;
    }
}
