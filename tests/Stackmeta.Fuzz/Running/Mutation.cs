using System.Collections.Immutable;

namespace Stackmeta.Fuzz;

/// <summary>Makes inputs out of samples: some one after another, with a few changes of chance.</summary>
static class Mutation
{
    /// <summary>Longer than any limit of a head.</summary>
    const int LongRun = 70_000;

    static ReadOnlySpan<byte> Telling => "\r\n\0 \t:,;%/?#=\"\\0123456789aAfFxX-+_\u007f"u8;

    public static byte[] Make(FuzzTarget target, Random chance)
    {
        var bytes = new List<byte>();
        for (var count = chance.Next(1, target.MostSamples + 1); count > 0; count--)
        {
            bytes.AddRange(target.Samples[chance.Next(target.Samples.Length)]);
        }
        for (var count = chance.Next(0, 5); count > 0; count--)
        {
            Change(bytes, target.Words, chance);
        }
        return [.. bytes];
    }

    static void Change(List<byte> bytes, ImmutableArray<byte[]> words, Random chance)
    {
        var at = Place(bytes, chance);
        switch (chance.Next(12))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)chance.Next(256);
                break;
            case 1 when at < bytes.Count:
                bytes[at] = Telling[chance.Next(Telling.Length)];
                break;
            case 2:
                bytes.Insert(at, Telling[chance.Next(Telling.Length)]);
                break;
            case 3 when at < bytes.Count:
                bytes.RemoveRange(at, Math.Min(Length(chance), bytes.Count - at));
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(Length(chance), bytes.Count - at)));
                break;
            case 5 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << chance.Next(8));
                break;
            case 6 when chance.Next(8) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 7 when chance.Next(20) == 0:
                bytes.InsertRange(at, Enumerable.Repeat(Telling[chance.Next(Telling.Length)], chance.Next(LongRun)));
                break;
            case 8:
                var other = Place(bytes, chance);
                var moved = bytes.GetRange(other, Math.Min(Length(chance), bytes.Count - other));
                bytes.InsertRange(at, moved);
                break;
            default:
                bytes.InsertRange(at, words[chance.Next(words.Length)]);
                break;
        }
    }

    /// <summary>Where a line begins as often as anywhere.</summary>
    static int Place(List<byte> bytes, Random chance)
    {
        var at = chance.Next(bytes.Count + 1);
        var line = chance.Next(2) == 0 ? bytes.IndexOf((byte)'\n', at) : -1;
        return line < 0 ? at : line + 1;
    }

    static int Length(Random chance) => chance.Next(4) == 0 ? chance.Next(200) : chance.Next(1, 8);
}
