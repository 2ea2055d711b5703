using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Stackmeta.Hostile.Tests;

/// <summary>What all that varies is taken from; <c>HOSTILE_SEED</c> repeats a run.</summary>
static class Seed
{
    public static int OfRun { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("HOSTILE_SEED"), CultureInfo.InvariantCulture, out var set)
            ? set
            : RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>An attack's own, so that it is the same when it runs alone.</summary>
    public static Random Of(Kinds world, string attack) =>
        new(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{OfRun} {world} {attack}"))));
}
