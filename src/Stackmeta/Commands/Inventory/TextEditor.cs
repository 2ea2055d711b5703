using System.ComponentModel;
using System.Diagnostics;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>The user's own editor on a text, in a file that nobody else may read.</summary>
/// <param name="fileName">Its ending tells the editor what it is.</param>
sealed class TextEditor(string fileName) : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stackmeta-edit-");
    bool _isKept;

    /// <summary>The file.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, fileName);

    /// <summary>Opens the text and returns what it is when the editor has ended.</summary>
    /// <exception cref="CommandException">There is no editor, or it failed.</exception>
    public async Task<byte[]> EditAsync(byte[] text, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(Path, text, cancellationToken);
        var editor = Find();
        // By a shell, as git and others do: the variable may hold options too.
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{editor} \"$1\"", editor, Path])
        {
            UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new CommandException(
                    $"The editor '{editor}' ended with exit code {process.ExitCode}, and nothing was changed. Name another one in EDITOR."
                );
            }
            return await File.ReadAllBytesAsync(Path, cancellationToken);
        }
        catch (Exception e) when (e is Win32Exception || SystemReason.IsOfFile(e))
        {
            throw new CommandException($"The editor '{editor}' cannot be used: {SystemReason.Of(e)}.");
        }
    }

    /// <summary>Leaves the file: what was written in it is nowhere else.</summary>
    public void Keep() => _isKept = true;

    public void Dispose()
    {
        if (!_isKept)
        {
            _folder.Delete(recursive: true);
        }
    }

    static string Find() =>
        Variable("VISUAL") ?? Variable("EDITOR") ?? (File.Exists("/usr/bin/editor") ? "editor" : "vi");

    static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
