using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Stackmeta.Reference.Tests;

/// <summary>
/// Masks <c>random_seed</c>, which differs by nature, after checking that it is 512 bytes in base64 and never the same twice.
/// </summary>
sealed partial class RandomSeeds
{
    const string Mask = "@@RANDOM_SEED@@";

    readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.Ordinal);

    /// <summary>How many there were.</summary>
    public int Count => _seen.Count;

    /// <summary>The answer with its seed masked, or with a fault.</summary>
    public Answer Apply(Answer answer)
    {
        var text = Encoding.Latin1.GetString(answer.Body);
        // The key of the document itself is followed by another of its keys or the end; an instance may have metadata of that name.
        var match = Seed().Match(text);
        if (!match.Success)
        {
            return answer;
        }
        var seed = match.Groups["seed"].Value;
        if (seed.Length != 684 || Convert.FromBase64String(seed).Length != 512)
        {
            return answer with { Fault = "random_seed is not 512 bytes" };
        }
        return _seen.TryAdd(seed, 0)
            ? answer with
            {
                Body = Encoding.Latin1.GetBytes(
                    text[..match.Groups["seed"].Index] + Mask + text[(match.Groups["seed"].Index + seed.Length)..]
                ),
            }
            : answer with
            {
                Fault = "random_seed was given before",
            };
    }

    [GeneratedRegex(
        "\"random_seed\": \"(?<seed>[A-Za-z0-9+/=]{600,})\"",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Seed();
}
