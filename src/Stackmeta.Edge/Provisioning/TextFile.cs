using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>Files that other programs read.</summary>
static class TextFile
{
    /// <summary>As <see cref="ReplaceAsync"/>, unless the file has that text already.</summary>
    /// <returns>Whether it was another text.</returns>
    public static async Task<bool> WriteIfChangedAsync(string path, string text, CancellationToken cancellationToken)
    {
        if (FileLookup.Exists(path) && await File.ReadAllTextAsync(path, cancellationToken) == text)
        {
            return false;
        }
        await ReplaceAsync(path, text, cancellationToken);
        return true;
    }

    /// <summary>Replaces a file as a whole: a reader sees the old text or the new.</summary>
    public static async Task ReplaceAsync(string path, string text, CancellationToken cancellationToken)
    {
        var temporary = path + ".new";
        await File.WriteAllTextAsync(temporary, text, cancellationToken);
        File.Move(temporary, path, overwrite: true);
    }
}
