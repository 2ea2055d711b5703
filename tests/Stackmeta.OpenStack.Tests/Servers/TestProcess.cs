using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.OpenStack.Tests;

/// <summary>Programs that a test starts: run to the end, or kept as a server until disposed.</summary>
static class TestProcess
{
    /// <summary>Runs a program to its end; throws with what it printed when it fails.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, Stream? input = null)
    {
        using var process = Start(program, arguments, redirectInput: input is not null);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await input.CopyToAsync(process.StandardInput.BaseStream);
            process.StandardInput.Close();
        }
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException(
                $"{program} ended with {process.ExitCode}: {await errors}{await output}"
            );
    }

    /// <summary>Starts a server; its output is read and dropped.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, bool redirectInput = false)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = redirectInput,
            UseShellExecute = false,
        };
        return Process.Start(start)!;
    }

    /// <summary>The arguments that run a program as another user, where we are root; databases refuse to run as root.</summary>
    public static (string Program, IEnumerable<string> Arguments) As(
        string user,
        string program,
        params string[] arguments
    ) =>
        Environment.UserName == "root"
            ? ("setpriv", ["--reuid", user, "--regid", user, "--clear-groups", program, .. arguments])
            : (program, arguments);

    /// <summary>A port of 127.0.0.1 that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The program's path among the usual folders; null when it is not installed.</summary>
    public static string? Find(string program) =>
        new[] { "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/lib/postgresql/15/bin" }
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Polls until something holds; servers have no other way to say that they are ready.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        for (var i = 0; i < 600; i++)
        {
            if (await holds())
            {
                return;
            }
            await Task.Delay(50);
        }
        throw new TimeoutException($"{what} is not ready after 30 s");
    }
}
