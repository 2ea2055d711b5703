namespace Stackmeta.Hostile.Tests;

/// <summary>Where each program's log was when an attack began.</summary>
sealed class LogMark(World world)
{
    /// <summary>
    /// Of one program in one attack. A site and reason may have 60 lines a minute and then one that counts; an attack lasts some seconds
    /// and meets a handful of them.
    /// </summary>
    const int MostLines = 400;
    const int MostCharacters = 100_000;
    const int LongestLine = 2_000;

    readonly Dictionary<string, int> _before = world.Programs.ToDictionary(
        one => one.Key,
        one => one.Value.Lines.Count
    );

    /// <summary>What an attacker should not have been able to make it say.</summary>
    public IReadOnlyList<string> Excesses()
    {
        var excesses = new List<string>();
        foreach (var (name, program) in world.Programs)
        {
            var lines = program.Lines.Skip(_before.GetValueOrDefault(name)).ToList();
            var characters = lines.Sum(line => line.Length + 1L);
            if (lines.Count > MostLines || characters > MostCharacters)
            {
                excesses.Add($"{name} wrote {lines.Count} lines of {characters} characters, such as: {lines[^1]}");
            }
            if (lines.Find(line => line.Length > LongestLine) is { } longest)
            {
                excesses.Add($"{name} wrote a line of {longest.Length} characters: {longest[..200]}");
            }
            if (lines.Find(line => line.StartsWith("   at ", StringComparison.Ordinal)) is { } trace)
            {
                excesses.Add($"{name} wrote a stack trace: {trace}\n{string.Join('\n', lines.TakeLast(25))}");
            }
            if (lines.Find(SecretIn) is { } leak)
            {
                excesses.Add($"{name} wrote a secret: {leak}");
            }
        }
        return excesses;
    }

    bool SecretIn(string line)
    {
        if (line.Contains(World.Canary, StringComparison.Ordinal))
        {
            return true;
        }
        lock (world.Secrets)
        {
            return world
                .Secrets.Keys.Concat(world.Signatures)
                .Any(secret => line.Contains(secret, StringComparison.Ordinal));
        }
    }

    /// <summary>For a failure's message.</summary>
    public string Tail() =>
        string.Join(
            '\n',
            world.Programs.Select(one =>
                $"-- {one.Key}:\n{string.Join('\n', one.Value.Lines.Skip(_before.GetValueOrDefault(one.Key)).TakeLast(12))}"
            )
        );
}
