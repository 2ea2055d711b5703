namespace Stackmeta.ConfigDrive;

/// <summary>A <see cref="DriveProblem"/> that shows only while bytes flow, for example a content source that ends early.</summary>
public sealed class DriveException : IOException
{
    public DriveException(DriveProblem problem)
        : base(problem.Sentence) => Problem = problem;

    /// <summary>What is wrong.</summary>
    public DriveProblem Problem { get; }
}
