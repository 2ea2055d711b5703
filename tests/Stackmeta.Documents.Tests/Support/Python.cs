using System.Diagnostics;
using System.Text;

namespace Stackmeta.Documents.Tests;

/// <summary>The system's Python, whose own modules say what is right.</summary>
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

    // The URL map in front of Nova makes one slash of many.
    const string Normalise = """
        import posixpath, re, sys
        for line in sys.stdin:
            print(posixpath.normpath(re.sub('//+', '/', bytes.fromhex(line).decode('utf-8'))))
        """;

    public static bool IsThere => File.Exists(Interpreter);

    /// <summary>What <c>json.dumps(json.loads(text))</c> gives for each text; <c>refused</c> for what it does not read.</summary>
    public static string[] RewriteJson(IEnumerable<byte[]> texts) => Run(Rewrite, texts);

    /// <summary>What <c>posixpath.normpath</c> gives for each path.</summary>
    public static string[] NormalisePaths(IEnumerable<string> paths) =>
        Run(Normalise, paths.Select(Encoding.UTF8.GetBytes));

    static string[] Run(string script, IEnumerable<byte[]> texts)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Interpreter, ["-c", script])
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
