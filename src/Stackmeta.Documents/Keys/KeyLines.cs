using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary>
/// The keys of a key pair whose text has several lines. Nova shows such a text as one key, and is shown so; cloud-init then restricts root
/// by the first line only, so that what is ours shows each line as a key.
/// </summary>
static class KeyLines
{
    public static bool AreSeveral(string? text, KeyPair? pair, bool isKeyPerLine) =>
        isKeyPerLine && text is not null && text.Contains('\n') && pair is null or { Type: PublicKeyText.Ssh };

    public static string[] Of(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Names of keys in an object must differ: the first has the pair's.</summary>
    public static string NameOf(KeyPair pair, int index) =>
        index == 0
            ? pair.Name
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{pair.Name}-{index + 1}");
}
