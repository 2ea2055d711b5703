namespace Stackmeta;

/// <summary>What the program ends with; scripts may rely on it (docs/exit-codes.md).</summary>
public static class ExitCodes
{
    public const int Done = 0;

    /// <summary>What was asked could not be done: refused, not found, or something it needs is down.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary><c>stackmeta explain</c>: a link of the path is broken.</summary>
    public const int Broken = 3;

    /// <summary><c>stackmeta explain</c>: nothing is broken that could be seen, but not every link could.</summary>
    public const int NotAllSeen = 4;
}
