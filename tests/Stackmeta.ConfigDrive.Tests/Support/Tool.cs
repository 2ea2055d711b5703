using System.Diagnostics;
using System.Text;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>Another maker's program, run to its end.</summary>
static class Tool
{
    static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    /// <summary>Skips the test, with the reason, if the program is not installed.</summary>
    public static void Require(string program, string package) =>
        Assert.SkipUnless(Find(program) is not null, $"{program} is not installed (Debian package {package}).");

    /// <summary>Runs it and fails the test unless it ends with 0.</summary>
    /// <returns>Standard output, byte for byte.</returns>
    public static byte[] Run(string program, params string[] arguments)
    {
        var (code, output, error) = Try(program, arguments);
        Assert.True(
            code == 0,
            $"{program} {string.Join(' ', arguments)} ended with {code}:\n{Encoding.UTF8.GetString(output)}{error}"
        );
        return output;
    }

    public static string Text(string program, params string[] arguments) =>
        Encoding.UTF8.GetString(Run(program, arguments));

    public static (int Code, byte[] Output, string Error) Try(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // One language for messages, UTF-8 for names, no personal settings.
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["MTOOLS_SKIP_CHECK"] = "1";
        start.Environment["TZ"] = "UTC";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        var copied = process.StandardOutput.BaseStream.CopyToAsync(output);
        if (!process.WaitForExit(_patience))
        {
            process.Kill();
            Assert.Fail($"{program} did not end.");
        }
        copied.GetAwaiter().GetResult();
        return (process.ExitCode, output.ToArray(), error.GetAwaiter().GetResult());
    }

    // mkfs.vfat and blkid live where only root's PATH leads.
    static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin"
            .Split(':')
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
