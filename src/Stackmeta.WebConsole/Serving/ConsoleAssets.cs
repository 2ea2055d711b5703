using System.Collections.Frozen;
using System.Reflection;

namespace Stackmeta.WebConsole;

/// <summary>The files of the page, which are in the program.</summary>
static class ConsoleAssets
{
    static readonly FrozenDictionary<string, ConsoleAsset> Files = Assembly
        .GetExecutingAssembly()
        .GetManifestResourceNames()
        .ToFrozenDictionary(static name => "/" + name, Read, StringComparer.Ordinal);

    /// <summary>Those that there are, by path.</summary>
    public static IReadOnlyDictionary<string, ConsoleAsset> All => Files;

    /// <summary>The file at a path; null when there is none.</summary>
    public static ConsoleAsset? Find(string path) => Files.GetValueOrDefault(path == "/" ? "/index.html" : path);

    static ConsoleAsset Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new(
            Path.GetExtension(name) switch
            {
                ".html" => "text/html; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                var other => throw new InvalidOperationException(
                    $"{name}: {other} is no kind of file that the page has."
                ),
            },
            bytes
        );
    }
}

/// <summary>A file of the page.</summary>
sealed record ConsoleAsset(string ContentType, byte[] Bytes);
