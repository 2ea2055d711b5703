namespace Stackmeta.Edge;

/// <summary>Files that other programs read.</summary>
static class TextFile
{
    /// <summary>Replaces a file as a whole: a reader sees the old text or the new.</summary>
    /// <returns>Whether it was another text.</returns>
    public static async Task<bool> WriteIfChangedAsync(string path, string text, CancellationToken cancellationToken)
    {
        if (File.Exists(path) && await File.ReadAllTextAsync(path, cancellationToken) == text)
        {
            return false;
        }
        var temporary = path + ".new";
        await File.WriteAllTextAsync(temporary, text, cancellationToken);
        File.Move(temporary, path, overwrite: true);
        return true;
    }
}
