namespace Stackmeta;

/// <summary>What may end without a signal.</summary>
interface IEndsItself
{
    /// <summary>Ends when it is time to stop.</summary>
    Task Ended { get; }
}
