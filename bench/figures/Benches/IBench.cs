namespace Stackmeta.Bench.Figures;

/// <summary>A bench; what it starts and makes is gone when it is disposed.</summary>
interface IBench : IDisposable
{
    /// <summary>Measures and writes tables.</summary>
    void Run(TextWriter output);
}
