using System.Diagnostics;
using System.Text;

namespace Stackmeta.Metadata.Tests;

/// <summary>The system's Python, whose own <c>json</c> module says what is right.</summary>
static class Python
{
    const string Interpreter = "/usr/bin/python3";

    // One text a line, as hexadecimal digits, since texts hold every character there is.
    const string Rewrite = """
        import json, sys
        for line in sys.stdin:
            try:
                print(json.dumps(json.loads(bytes.fromhex(line).decode('utf-8'))))
            except (ValueError, RecursionError):
                print('refused')
        """;

    public static bool IsThere => File.Exists(Interpreter);

    /// <summary>What <c>json.dumps(json.loads(text))</c> gives for each text; <c>refused</c> for what it does not read.</summary>
    public static string[] RewriteJson(IEnumerable<byte[]> texts)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Interpreter, ["-c", Rewrite])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardOutputEncoding = Encoding.ASCII,
            }
        )!;
        var answers = process.StandardOutput.ReadToEndAsync();
        foreach (var text in texts)
        {
            process.StandardInput.WriteLine(Convert.ToHexString(text));
        }
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return answers.Result.TrimEnd('\n').Split('\n');
    }
}
